"""What the public opens first: the county's site in the 互联网服务区."""
