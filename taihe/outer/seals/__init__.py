"""文件核验: anybody may learn whether a PDF is the county's and unchanged."""
