"""Running the desk: one command over a web server, a clock ticker and a job worker."""
