"""What is done from the command line, one file per noun. Each command commits itself."""
