"""政务外网 (互联网服务区): what the public reaches."""
