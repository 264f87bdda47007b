"""Threads, so that requests that read are answered while those that write wait for a switch."""

import os

bind = os.environ.get("ERP_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("ERP_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("ERP_THREADS", "20"))
timeout = 60
graceful_timeout = 30
# Longer than any client is idle: a connection that is closed while a request is on its way is a failed request.
keepalive = 75
control_socket_disable = True
