package catalog

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/rstwatch/rstwatch/scenario"
)

// What the stories about HTTP have in common: net/http as anybody uses it, on
// the one connection of the story.

// requestRoom is enough for any request of these stories.
const requestRoom = 4096

// nothing is the answer to a request that is done.
const nothing = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

// errOneConnection says that a transport wanted a second connection.
var errOneConnection = errors.New("the story has one connection")

// httpClient is a client of net/http to which the connection is lent: it dials
// nothing else. It must not be used before.
func httpClient(on *scenario.Peer) *http.Client {
	conns := make(chan net.Conn, 1)
	conns <- on.Lend()
	return &http.Client{Transport: &http.Transport{
		DisableCompression: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			select {
			case c := <-conns:
				return c, nil
			default:
				return nil, errOneConnection
			}
		},
	}}
}

// post sends a request that net/http does not repeat by itself, and reads the
// whole answer.
func post(ctx context.Context, c *http.Client, to *scenario.Peer) error {
	res, err := send(ctx, c, http.MethodPost, to, strings.NewReader("order"))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return errors.Join(err, res.Body.Close())
}

// send sends a request to the other end of a peer's connection.
func send(ctx context.Context, c *http.Client, method string, to *scenario.Peer, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+to.Remote().String()+"/", body)
	if err != nil {
		return nil, err
	}
	return c.Do(req)
}

// request lets the client send a POST while others act; join waits for its end.
func request(s *scenario.Stage, c *http.Client, client *scenario.Peer) (join func()) {
	return s.Go(func() {
		s.Library(scenario.Client, scenario.OpHTTPRequest, func() error {
			return post(s.Context(), c, client)
		})
	})
}

// serve runs a server of net/http on a connection that is lent to it. The
// function that it returns waits until the server has closed it; where the story
// is cut short the server ends all the same.
func serve(s *scenario.Stage, server *scenario.Peer, handler http.HandlerFunc) (join func()) {
	l := &oneConnection{conn: make(chan net.Conn, 1), done: make(chan struct{}), at: server.Lend().LocalAddr()}
	l.conn <- server.Lend()
	srv := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
	over := make(chan struct{})
	end := s.Change("serve", func() (end func() error, err error) {
		go func() {
			defer close(over)
			srv.Serve(l) // it ends when the listener does, and has no other news
		}()
		return func() error {
			err := l.Close()
			<-over
			return err
		}, nil
	})
	return func() {
		server.AwaitClosed()
		end()
	}
}

// oneConnection is a listener that has accepted one connection, and gets no
// more.
type oneConnection struct {
	conn chan net.Conn
	done chan struct{}
	once sync.Once
	at   net.Addr
}

func (l *oneConnection) Accept() (net.Conn, error) {
	select {
	case c := <-l.conn:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *oneConnection) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *oneConnection) Addr() net.Addr { return l.at }
