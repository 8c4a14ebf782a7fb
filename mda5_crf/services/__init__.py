"""What a user can do. The window, the commands and the exchange of files call nothing below this."""
