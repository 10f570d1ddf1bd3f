"""How the web server runs; gunicorn reads this file by itself."""

import os

bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = 4
timeout = 120  # seconds; the longest request is a report as PDF, a few seconds
max_requests = 2000  # a worker is replaced before it grows
max_requests_jitter = 200
loglevel = "warning"
control_socket_disable = True  # nobody steers the server through a file in a home directory
# Off unless asked for ("-" is standard output). Never the query string: people are searched there.
accesslog = os.environ.get("ACCESS_LOG") or None
access_log_format = '%(h)s %(t)s "%(m)s %(U)s" %(s)s %(b)s %(L)ss'
