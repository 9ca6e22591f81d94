"""Downloads of media, for those who ask for them: nothing else here opens a connection to the outside.

`policy` says from where, `addresses` finds and checks addresses, `connection` gets one file, `sniffing` and `gif` judge
its content, and `downloads` puts them together.
"""
