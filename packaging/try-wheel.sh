# SPDX-License-Identifier: Apache-2.0
# In a clean Debian system, with a wheel and what it depends on in /packages: is it installed and does it work?
# VBOXCLOUD_HOST: of the host whose nodes are listed; "": none.
python3 -m venv /venv
test ! -e /usr/bin/gcc
/venv/bin/pip install --no-index --find-links /packages libcloud-virtualbox
cat > /tmp/list.py << 'END'
import sys
from urllib.parse import urlsplit

from libcloud_virtualbox import errors
from libcloud_virtualbox.virtualbox_driver import VirtualBoxNodeDriver

url = urlsplit(sys.argv[1])
try:
    driver = VirtualBoxNodeDriver(url.hostname, url.port, secure=url.scheme == "https", ca_cert=(sys.argv[2:] or [None])[0])
    print("nodes", [(node.name, node.state) for node in driver.list_nodes()])
except errors.VirtualBoxError as error:
    print(type(error).__name__, error)
END
test -z "$VBOXCLOUD_HOST" || /venv/bin/python /tmp/list.py "$VBOXCLOUD_HOST" | grep '^nodes'

# A server whose certificate the system trusts is one that this libcurl trusts.
cd /tmp
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem
openssl req -new -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' > server.ext
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext -out server.pem
cat server.key server.pem > both.pem
cat > /tmp/serve.py << 'END'
import http.server
import ssl

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/tmp/both.pem")
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
server.socket = context.wrap_socket(server.socket, server_side=True)
open("/tmp/port.new", "w").write(str(server.server_port))
__import__("os").rename("/tmp/port.new", "/tmp/port")
server.serve_forever()
END
python3 /tmp/serve.py 2> /dev/null &
server=$!
for _ in $(seq 100); do test -e /tmp/port || sleep 0.1; done
url=https://127.0.0.1:$(cat /tmp/port)
says() { /venv/bin/python /tmp/list.py "$@" > /tmp/said 2>&1; cat /tmp/said; }
refused() { says "$@" && grep -q '^TLSError' /tmp/said; }
trusted() { says "$@" && grep -q '^ProtocolError' /tmp/said; }
refused "$url"
trusted "$url" /tmp/ca.pem
SSL_CERT_FILE=/tmp/ca.pem trusted "$url"
cp ca.pem /usr/local/share/ca-certificates/ours.crt
update-ca-certificates
trusted "$url"
# Where Fedora and Red Hat have them.
mkdir -p /etc/pki/tls/certs
mv /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt
mv /etc/ssl/certs /etc/ssl/elsewhere
trusted "$url"
rm /etc/pki/tls/certs/ca-bundle.crt
refused "$url"
kill $server
