"""The web server: `gunicorn -c python:njspine.gunicorn_conf njspine.wsgi:application`."""

from njspine import logs
from njspine.environment import env, networks, one_of, whole_number

bind = [f"{env.str('HOST', '127.0.0.1')}:{whole_number('PORT', 8000, smallest=1, largest=65535)}"]

# Threads keep a few slow phones from occupying every worker.
worker_class = "gthread"
workers = whole_number("WEB_WORKERS", 2, smallest=1, largest=64)
threads = whole_number("WEB_THREADS", 4, smallest=1, largest=64)
timeout = 60
graceful_timeout = 10
keepalive = 5
# Fresh workers now and then, so that a slow leak never grows old; the jitter keeps them from leaving together.
max_requests = 20_000
max_requests_jitter = 2_000

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# Only these may say that a request came over HTTPS or for whom; from anybody else such headers mean nothing.
forwarded_allow_ips = ",".join(networks("TRUSTED_PROXIES"))
# It would open a socket in the home folder, and nothing here uses it.
control_socket_disable = True

# Neither query string nor referrer: a link may carry what somebody searched for. No address unless asked for.
access_log_format = ("%(h)s " if env.bool("LOG_CLIENT_ADDRESS", False) else "") + "%(m)s %(U)s %(s)s %(B)sB %(M)sms"
logconfig_dict = logs.config(one_of("LOG_LEVEL", "INFO", logs.LEVELS))
