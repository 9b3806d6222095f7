package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/capture/live"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

func newDoctor(stdout io.Writer) *cobra.Command {
	f := newOutputFlags()
	cmd := &cobra.Command{
		Use:               "doctor",
		Short:             "Try what this machine allows, and say what would mend it",
		Long:              "Each line is tried for real. Exit code 0 if scenarios can be run here, 3 if not.",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			if err := f.check("rstwatch doctor --help"); err != nil {
				return err
			}
			findings, able := examine()
			if err := report.Trials(stdout, findings, f.drawing(stdout, false)); err != nil {
				return err
			}
			if !able {
				return &failure{code: exitNoRight, err: errors.New("nothing can be captured here"),
					hint: "what helps by the lines above, or rstwatch replay for recordings"}
			}
			return nil
		},
	}
	f.addDrawing(cmd)
	return cmd
}

// examine tries everything; able says whether scenarios can be run in one way
// or another.
func examine() (findings []report.Trial, able bool) {
	host := captureOnHost()
	boxes := privateNamespaces()
	findings = append(findings, report.Trial{What: "capture backend", OK: live.Backend != "none", Detail: live.Backend + ", " + live.Version()}, host)
	findings = append(findings, boxes...)
	sandboxed := true
	for _, f := range boxes {
		sandboxed = sandboxed && f.OK
	}
	if sandboxed && !host.OK {
		findings[1].Remedy += " (not needed: the private namespace serves)"
	}
	for _, family := range []scenario.Family{scenario.IPv4, scenario.IPv6} {
		findings = append(findings, loopbackAddress(family))
	}
	return append(findings, kernelsWord(), othersCalls(), rootGivenUp(), recordings()), host.OK || sandboxed
}

func captureOnHost() report.Trial {
	f := report.Trial{What: "capture on the host"}
	h, err := live.Open(live.Options{Ports: []uint16{1}})
	if err != nil {
		f.Detail = err.Error()
		if errors.Is(err, live.ErrPermission) {
			f.Remedy = "sudo rstwatch run"
		}
		return f
	}
	defer h.Close()
	f.OK, f.Detail = true, "on "+h.Interface()
	return f
}

func privateNamespaces() []report.Trial {
	r := sandbox.Probe()
	list := []report.Trial{
		{What: "user namespace", OK: r.User == nil, Detail: said(r.User, "can be made")},
		{What: "network namespace", OK: r.Net == nil, Detail: said(r.Net, "can be made")},
		{What: "capture in the namespace", OK: r.Packet == nil, Detail: said(r.Packet, "a packet socket opens there")},
		{What: "loopback in the namespace", OK: r.Loopback == nil, Detail: said(r.Loopback, "comes up there")},
	}
	for _, s := range r.Settings {
		list = append(list, report.Trial{What: s.Name, Detail: "is " + s.Value, Remedy: s.Remedy})
	}
	return list
}

func said(err error, fine string) string {
	if err != nil {
		return err.Error()
	}
	return fine
}

func loopbackAddress(family scenario.Family) report.Trial {
	addr := family.Loopback()
	f := report.Trial{What: "loopback over " + string(family)}
	l, err := net.Listen("tcp", net.JoinHostPort(addr.String(), "0"))
	if err != nil {
		f.Detail = err.Error()
		return f
	}
	defer l.Close()
	f.OK, f.Detail = true, addr.String()+" can be listened on"
	return f
}

func rootGivenUp() report.Trial {
	f := report.Trial{What: "root is given up", OK: true, Detail: "not root"}
	if os.Geteuid() != 0 {
		return f
	}
	if uid, _, ok := sandbox.Invoker(); ok {
		f.Detail = fmt.Sprintf("to user %d, once the capture is open", uid)
		return f
	}
	f.OK, f.Detail = false, "started as root and not through sudo: there is nobody to become"
	return f
}

func recordings() report.Trial {
	f := report.Trial{What: "a viewer for recordings"}
	for _, name := range []string{"wireshark", "tshark", "tcpdump"} {
		if path, err := exec.LookPath(name); err == nil {
			f.OK, f.Detail = true, path
			return f
		}
	}
	f.Detail = "neither wireshark, tshark nor tcpdump is installed: -w works all the same"
	return f
}
