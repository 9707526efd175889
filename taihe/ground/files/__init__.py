"""Files of the county: stored once by content, reached only through an attachment of something.

`store` keeps bytes by their digest, `models` say what each file belongs to and who may open it,
`upload` takes files in (limits, scan, attach), `views` hand them out.
"""
