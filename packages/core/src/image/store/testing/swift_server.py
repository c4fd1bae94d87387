"""One OpenStack Swift with its S3 interface in one process: proxy, account, container and object server.

Usage: swift_server.py DIRECTORY. Prints its port as one line of JSON, and ends when its standard input does.
"""
import json
import logging
import os
import sys
import threading

import eventlet

eventlet.monkey_patch()

from eventlet import wsgi  # noqa: E402
from swift.common import utils  # noqa: E402

utils.HASH_PATH_SUFFIX = b'test'
utils.HASH_PATH_PREFIX = b''

from swift.account.server import AccountController  # noqa: E402
from swift.common.http_protocol import SwiftHttpProtocol  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402
from swift.container.server import ContainerController  # noqa: E402
from swift.obj.server import ObjectController  # noqa: E402

PROXY = """
[DEFAULT]
swift_dir = %(root)s
[pipeline:main]
pipeline = catch_errors gatekeeper memory listing_formats bulk s3api tempauth slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:memory]
paste.filter_factory = __main__:memory_factory
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
[filter:symlink]
use = egg:swift#symlink
"""


class Memory:
    """What memcached would keep."""

    def __init__(self):
        self.values = {}

    def get(self, key, *_, **__):
        return self.values.get(key)

    def set(self, key, value, *_, **__):
        self.values[key] = json.loads(json.dumps(value))

    def incr(self, key, delta=1, *_, **__):
        self.values[key] = int(self.values.get(key, 0)) + delta
        return self.values[key]

    def decr(self, key, delta=1, *_, **__):
        return self.incr(key, -delta)

    def delete(self, key, *_, **__):
        self.values.pop(key, None)

    def set_multi(self, mapping, *_, **__):
        for key, value in mapping.items():
            self.set(key, value)

    def get_multi(self, keys, *_, **__):
        return [self.get(key) for key in keys]


def memory_factory(_conf, **_local):
    memory = Memory()

    def with_app(app):
        def call(env, start_response):
            env['swift.cache'] = memory
            return app(env, start_response)

        call.app = app
        return call

    return with_app


def main(root):
    os.makedirs(os.path.join(root, 'devices', 'disk'), exist_ok=True)
    conf = {
        'devices': os.path.join(root, 'devices'),
        'swift_dir': root,
        'mount_check': 'false',
        'disable_fallocate': 'true',
    }
    servers = []
    for name, controller in (
        ('account', AccountController),
        ('container', ContainerController),
        ('object', ObjectController),
    ):
        listener = eventlet.listen(('127.0.0.1', 0))
        port = listener.getsockname()[1]
        builder = RingBuilder(2, 1, 0)
        builder.add_dev({
            'id': 0, 'region': 1, 'zone': 1, 'weight': 1.0, 'device': 'disk', 'meta': '',
            'ip': '127.0.0.1', 'port': port, 'replication_ip': '127.0.0.1', 'replication_port': port,
        })
        builder.rebalance()
        builder.get_ring().save(os.path.join(root, name + '.ring.gz'))
        servers.append((listener, controller, port))
    quiet = logging.getLogger('quiet')
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    for listener, controller, port in servers:
        app = controller(dict(conf, bind_port=str(port)))
        eventlet.spawn(wsgi.server, listener, app, quiet, protocol=SwiftHttpProtocol)
    path = os.path.join(root, 'proxy.conf')
    with open(path, 'w') as file:
        file.write(PROXY % {'root': root})
    listener = eventlet.listen(('127.0.0.1', 0))
    print(json.dumps({'port': listener.getsockname()[1]}), flush=True)
    wsgi.server(listener, loadapp(path), quiet, protocol=SwiftHttpProtocol)


def end_with_parent():
    os.read(0, 1)
    os._exit(0)


if __name__ == '__main__':
    eventlet.patcher.original('threading').Thread(target=end_with_parent, daemon=True).start()
    main(sys.argv[1])
