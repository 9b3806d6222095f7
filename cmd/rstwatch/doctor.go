package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/capture/live"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// finding is one line of the doctor's.
type finding struct {
	what   string
	ok     bool
	detail string
	remedy string // the command that would mend it
}

func newDoctor(stdout io.Writer) *cobra.Command {
	return &cobra.Command{
		Use:               "doctor",
		Short:             "Try what this machine allows, and say what would mend it",
		Long:              "Each line is tried for real. Exit code 0 if scenarios can be run here, 3 if not.",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			findings, able := examine()
			var b strings.Builder
			for _, f := range findings {
				mark := "ok"
				if !f.ok {
					mark = "no"
				}
				fmt.Fprintf(&b, "%s  %-26s %s\n", mark, f.what, f.detail)
				if f.remedy != "" {
					fmt.Fprintf(&b, "      %-26s try: %s\n", "", f.remedy)
				}
			}
			if _, err := io.WriteString(stdout, b.String()); err != nil {
				return err
			}
			if !able {
				return &failure{code: exitNoRight, err: errors.New("nothing can be captured here"),
					hint: "what helps by the lines above, or rstwatch replay for recordings"}
			}
			return nil
		},
	}
}

// examine tries everything; able says whether scenarios can be run in one way
// or another.
func examine() (findings []finding, able bool) {
	host := captureOnHost()
	boxes := privateNamespaces()
	findings = append(findings, finding{what: "capture backend", ok: live.Backend != "none", detail: live.Backend + ", " + live.Version()}, host)
	findings = append(findings, boxes...)
	sandboxed := true
	for _, f := range boxes {
		sandboxed = sandboxed && f.ok
	}
	if sandboxed && !host.ok {
		findings[1].remedy += " (not needed: the private namespace serves)"
	}
	for _, family := range []scenario.Family{scenario.IPv4, scenario.IPv6} {
		findings = append(findings, loopbackAddress(family))
	}
	return append(findings, rootGivenUp(), recordings()), host.ok || sandboxed
}

func captureOnHost() finding {
	f := finding{what: "capture on the host"}
	h, err := live.Open(live.Options{Ports: []uint16{1}})
	if err != nil {
		f.detail = err.Error()
		if errors.Is(err, live.ErrPermission) {
			f.remedy = "sudo rstwatch run"
		}
		return f
	}
	defer h.Close()
	f.ok, f.detail = true, "on "+h.Interface()
	return f
}

func privateNamespaces() []finding {
	r := sandbox.Probe()
	list := []finding{
		{what: "user namespace", ok: r.User == nil, detail: said(r.User, "can be made")},
		{what: "network namespace", ok: r.Net == nil, detail: said(r.Net, "can be made")},
		{what: "capture in the namespace", ok: r.Packet == nil, detail: said(r.Packet, "a packet socket opens there")},
		{what: "loopback in the namespace", ok: r.Loopback == nil, detail: said(r.Loopback, "comes up there")},
	}
	for _, s := range r.Settings {
		list = append(list, finding{what: s.Name, detail: "is " + s.Value, remedy: s.Remedy})
	}
	return list
}

func said(err error, fine string) string {
	if err != nil {
		return err.Error()
	}
	return fine
}

func loopbackAddress(family scenario.Family) finding {
	addr := family.Loopback()
	f := finding{what: "loopback over " + string(family)}
	l, err := net.Listen("tcp", net.JoinHostPort(addr.String(), "0"))
	if err != nil {
		f.detail = err.Error()
		return f
	}
	defer l.Close()
	f.ok, f.detail = true, addr.String()+" can be listened on"
	return f
}

func rootGivenUp() finding {
	f := finding{what: "root is given up", ok: true, detail: "not root"}
	if os.Geteuid() != 0 {
		return f
	}
	if uid, _, ok := sandbox.Invoker(); ok {
		f.detail = fmt.Sprintf("to user %d, once the capture is open", uid)
		return f
	}
	f.ok, f.detail = false, "started as root and not through sudo: there is nobody to become"
	return f
}

func recordings() finding {
	f := finding{what: "a viewer for recordings"}
	for _, name := range []string{"wireshark", "tshark", "tcpdump"} {
		if path, err := exec.LookPath(name); err == nil {
			f.ok, f.detail = true, path
			return f
		}
	}
	f.detail = "neither wireshark, tshark nor tcpdump is installed: -w works all the same"
	return f
}
