package catalog

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

// What the stories about TLS have in common: crypto/tls as anybody uses it.

// serverName is whom the certificate names.
const serverName = "server.example"

// tlsConfigs returns what a server and a client need to agree: a certificate of
// an hour, made for the one story.
func tlsConfigs() (server, client *tls.Config, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{serverName},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(cert)
	// Tickets would come after the handshake, and lie unread until the next Read.
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, SessionTicketsDisabled: true},
		&tls.Config{RootCAs: trusted, ServerName: serverName}, nil
}

// configs is tlsConfigs for a story.
func configs(s *scenario.Stage) (server, client *tls.Config) {
	s.Act("make a certificate", func() (err error) {
		server, client, err = tlsConfigs()
		return err
	})
	return server, client
}

// secure makes both ends shake hands.
func secure(s *scenario.Stage, client, server *scenario.Peer) (c, sv *tls.Conn) {
	forServer, forClient := configs(s)
	c, sv = tls.Client(client.Lend(), forClient), tls.Server(server.Lend(), forServer)
	join := s.Go(func() { s.Library(scenario.Client, scenario.OpTLSHandshake, c.Handshake) })
	s.Library(scenario.Server, scenario.OpTLSHandshake, sv.Handshake)
	join()
	return c, sv
}

// tlsRead reads once.
func tlsRead(s *scenario.Stage, role scenario.Role, c *tls.Conn) {
	s.Library(role, scenario.OpTLSRead, func() error {
		_, err := c.Read(make([]byte, 64))
		return err
	})
}

// tlsWrite writes text in one record.
func tlsWrite(s *scenario.Stage, role scenario.Role, c *tls.Conn, text string) {
	s.Library(role, scenario.OpTLSWrite, func() error {
		_, err := c.Write([]byte(text))
		return err
	})
}
