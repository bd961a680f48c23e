"""What the processes stand on before Django starts: the home folder, the database server, front-end packages."""
