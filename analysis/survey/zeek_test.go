package survey

import (
	"path/filepath"
	"slices"
	"testing"
)

// TestStatesAndHistories holds conn_state and history of the first connections
// of a file. The first group is what Zeek's own tests expect of the file (zeek
// in testing/btest/Baseline: core.conn-size-flip, core.tcp.rxmit-history,
// core.tcp.rst-after-syn, scripts.base.protocols.conn.conn_state-RST-behavior);
// of the others the reason is given, by the definitions in main.zeek.
func TestStatesAndHistories(t *testing.T) {
	tests := []struct {
		file string
		want []string
		why  string
	}{
		{"tcp_ctu-64702-888.pcap", []string{"SF ^hAfdtFr"}, "Zeek's baseline; SF, for both sent a FIN before the RST"},
		{"tcp_retransmit-fast009.pcap", []string{"RSTO ShADaGdgtR"}, "Zeek's baseline; cut frames are gaps"},
		{"tcp_syn-then-rst.pcap", []string{"RSTOS0 SR"}, "Zeek's baseline"},
		{"tcp_syn-then-stuff-then-rst.pcap", []string{"OTH SaFR"}, "Zeek's baseline"},
		{"tcp_rst-inject-rae.pcap", []string{"REJ SrhADa"}, "Zeek's baseline has originator SYN_SENT, responder RESET"},
		{"tcp_miss_end_data.pcap", []string{"SF ShADafgF"}, "Zeek's baseline (core.tcp.miss-end-data): the last data was not captured"},

		{"nmap-vsn.pcap", []string{"REJ Sr", "REJ Sr", "RSTO ShAR", "S0 S"}, "refused twice; nmap resets what it has opened; no answer"},
		{"tcp_qi_internet_SYNACK_curl_jsonip.pcap", []string{"SF ShADdFaRfR"},
			"each R has another sequence number: 1+153 and then +1; both had sent a FIN at the end"},
		{"bgp-addpath.pcap", []string{"OTH D"}, "one segment with payload, from the middle"},
		{"tcp-handshake-nano.pcap", []string{"S1 ShA"}, "a handshake and no more"},
		{"resp_1_benchmark.pcap", []string{"SF ShADadFf"}, "the ordinary life of a connection"},
		{"rfb_vnc-scanner.pcap", []string{"SF ShAdDfFRR"}, "FINs cross, then two RSTs of two sequence numbers"},
		{"mptcp-fclose.pcap", []string{"RSTR ShADadr"}, "the responder aborts"},
		{"http_curl_http_09.pcap", []string{"RSTR ShADadr"}, "likewise, after its answer"},
		{"http_deeply-nested-mime.pcap", []string{"RSTR ShADadfr"}, "the responder's FIN, then its RST: no FIN of the other side"},
	}
	files := make(map[string]string)
	for _, path := range captures(t) {
		files[filepath.Base(path)] = path
		files[filepath.Base(filepath.Dir(path))+"_"+filepath.Base(path)] = path // as Zeek's tests keep them
	}
	held := 0
	for _, tt := range tests {
		path, ok := files[tt.file]
		if !ok {
			continue
		}
		held++
		var got []string
		for c := range surveyed(t, path).Connections() {
			if got = append(got, c.State+" "+c.History); len(got) == len(tt.want) {
				break
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q: %s", tt.file, got, tt.want, tt.why)
		}
	}
	if held == 0 {
		t.Skip("none of these captures is there")
	}
}
