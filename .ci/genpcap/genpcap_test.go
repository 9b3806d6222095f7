package main

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

func capturedBy(t *testing.T, o options) (*truth, []byte) {
	t.Helper()
	var out bytes.Buffer
	tr, err := generate(&out, o)
	if err != nil {
		t.Fatal(err)
	}
	return tr, out.Bytes()
}

func TestTruthIsWhatIsRead(t *testing.T) {
	for _, link := range []string{"ethernet", "raw", "null", "sll", "sll2"} {
		for _, ip := range []string{"4", "6", "both"} {
			for _, format := range []string{"pcap", "pcapng"} {
				o := options{packets: 2000, atOnce: 30, seed: 7, snap: 100, payload: 1448, data: 6, link: link, ip: ip, format: format}
				want, b := capturedBy(t, o)
				s, err := file.NewScanner(bytes.NewReader(b))
				var got truth
				var p file.Packet
				for err == nil {
					if err = s.Next(&p); err != nil {
						break
					}
					seg, bad := capture.Decode(time.Unix(0, p.Nanos), capture.Frame{Link: p.Link, Data: p.Data, Wire: p.Wire})
					if bad != nil {
						t.Fatalf("%+v: %v", o, bad)
					}
					if v6 := seg.Src.Addr().Is6(); ip != "both" && v6 != (ip == "6") {
						t.Fatalf("%+v: %v", o, seg.Src)
					}
					got.count(seg.Flags)
				}
				if !errors.Is(err, io.EOF) || got.Packets != want.Packets || got.Segments != want.Segments {
					t.Errorf("%+v: read %+v, truth %+v, then %v", o, got, want, err)
				}
				n := 0
				for _, e := range want.Endings {
					n += e
				}
				if n != want.Connections || len(want.Endings) != len(endings) || want.Packets < o.packets {
					t.Errorf("%+v: truth %+v", o, want)
				}
			}
		}
	}
}

func TestSameSeedSameOctets(t *testing.T) {
	o := options{packets: 500, atOnce: 5, seed: 1, snap: 96, payload: 100, data: 3, link: "raw", ip: "both", format: "pcapng"}
	_, a := capturedBy(t, o)
	_, again := capturedBy(t, o)
	o.seed = 2
	_, other := capturedBy(t, o)
	if !bytes.Equal(a, again) || bytes.Equal(a, other) {
		t.Error("the octets do not follow the seed")
	}
}

func TestShares(t *testing.T) {
	n := 0
	for _, e := range endings {
		n += e.share
	}
	if n != 100 {
		t.Errorf("the shares make %d", n)
	}
}

func TestRefuses(t *testing.T) {
	good := options{packets: 1, atOnce: 1, snap: 96, payload: 1, link: "raw", ip: "4", format: "pcap"}
	for name, change := range map[string]func(*options){
		"packets": func(o *options) { o.packets = 0 }, "at once": func(o *options) { o.atOnce = 0 },
		"snap": func(o *options) { o.snap = maxSnap + 1 }, "payload": func(o *options) { o.payload = maxPayload + 1 },
		"link": func(o *options) { o.link = "x" }, "ip": func(o *options) { o.ip = "5" }, "format": func(o *options) { o.format = "x" },
	} {
		o := good
		change(&o)
		if _, err := generate(io.Discard, o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
