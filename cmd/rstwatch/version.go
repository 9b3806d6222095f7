package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/capture/live"
)

func newVersion(stdout io.Writer) *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Say which version this is, and how it captures",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(stdout, "rstwatch %s\n%s/%s, %s\ncapture: %s, %s\n", version, runtime.GOOS, runtime.GOARCH,
				runtime.Version(), live.Backend, live.Version())
			return err
		},
	}
}
