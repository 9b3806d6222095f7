package probe

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestReadPlaces(t *testing.T) {
	const text = `0000000000000000 A fixed_percpu_data
ffffffff81000100 T tcp_abort
ffffffff81000180 t tcp_abort.cold
ffffffff810001c0 T other
ffffffffc0000300 t tcp_v6_rcv	[ipv6]
ffffffffc0000200 t tcp_v6_do_rcv	[ipv6]
ffffffffc0000280 t behind	[ipv6]
nonsense
`
	want := places{{0xffffffff81000100, 0xffffffff81000180, "tcp_abort"}, {0xffffffff81000180, 0xffffffff810001c0, "tcp_abort"},
		{0xffffffffc0000300, 0, "tcp_v6_rcv"}, {0xffffffffc0000200, 0xffffffffc0000280, "tcp_v6_do_rcv"}}
	wanted := []string{"tcp_abort", "tcp_v6_rcv", "tcp_v6_do_rcv"}
	got, err := readPlaces(strings.NewReader(text), wanted)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(place{})); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	hidden, err := readPlaces(strings.NewReader("0000000000000000 T tcp_abort\n0000000000000000 T other\n"), wanted)
	if len(hidden) > 0 || err != nil {
		t.Errorf("of hidden addresses: %v, %v", hidden, err)
	}
	if _, err := readPlaces(iotest.ErrReader(errors.New("gone")), wanted); err == nil {
		t.Error("an error is not told of")
	}
	if all := got.fixed(); all[1] != (interval{0xffffffff81000180, 0xffffffff810001c0}) || all[4] != (interval{}) {
		t.Errorf("the program has %v", all)
	}
}
