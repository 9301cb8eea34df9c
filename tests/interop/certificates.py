"""certificates - what the TLS tests need: authorities, servers, clients, and all that can be wrong

SPDX-License-Identifier: GPL-3.0-or-later
"""
import pathlib
import subprocess

CONFIGURATION = '''[ca]
default_ca = own
[own]
database = {folder}/index.txt
serial = {folder}/serial
crlnumber = {folder}/crlnumber
new_certs_dir = {folder}
default_md = sha256
default_crl_days = 30
unique_subject = no
copy_extensions = copy
policy = any
[any]
commonName = supplied
'''


def openssl(*arguments):
    subprocess.run(['openssl', *map(str, arguments)], stdin=subprocess.DEVNULL, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Certificate:
    def __init__(self, folder, name):
        self.pem = pathlib.Path(folder) / f'{name}.pem'
        self.key = pathlib.Path(folder) / f'{name}.key'
        self.own = ('--tls-cert', self.pem, '--tls-key', self.key)


def self_signed(folder, name, hosts='IP:127.0.0.1,DNS:localhost'):
    made = Certificate(folder, name)
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', made.key, '-out', made.pem,
            '-days', 30, '-subj', f'/CN={name}', '-addext', f'subjectAltName={hosts}')
    return made


class Authority(Certificate):
    def __init__(self, folder, name):
        super().__init__(folder, name)
        self.folder = pathlib.Path(folder) / f'{name}.d'
        self.folder.mkdir()
        (self.folder / 'index.txt').touch()
        (self.folder / 'serial').write_text('01', encoding='ascii')
        (self.folder / 'crlnumber').write_text('01', encoding='ascii')
        self.configuration = self.folder / 'ca.cnf'
        self.configuration.write_text(CONFIGURATION.format(folder=self.folder), encoding='ascii')
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', self.key, '-out',
                self.pem, '-days', 30, '-subj', f'/CN={name}')

    def _run(self, *arguments):
        openssl('ca', '-batch', '-config', self.configuration, '-cert', self.pem, '-keyfile',
                self.key, *arguments)

    def issue(self, name, hosts='IP:127.0.0.1,DNS:localhost', start=None, end=None,
              key=('rsa:2048',), extension=None):
        made = Certificate(self.folder, name)
        request = self.folder / f'{name}.csr'
        extensions = ['-addext', f'subjectAltName={hosts}']
        if extension:
            extensions += ['-addext', extension]
        openssl('req', '-newkey', *key, '-noenc', '-keyout', made.key, '-out', request, '-subj',
                f'/CN={name}', *extensions)
        validity = ['-startdate', start] if start else []
        validity += ['-enddate', end] if end else ['-days', 10]
        self._run('-in', request, '-out', made.pem, '-notext', *validity)
        return made

    def revoke(self, certificate):
        """A file with the authority and its list of revoked certificates."""
        self._run('-revoke', certificate.pem)
        revoked = self.folder / 'crl.pem'
        self._run('-gencrl', '-out', revoked)
        both = self.folder / 'with-crl.pem'
        both.write_text(self.pem.read_text() + revoked.read_text(), encoding='ascii')
        return both
