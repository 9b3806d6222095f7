//go:build !linux

package session

import (
	"testing"

	"github.com/rstwatch/rstwatch/scenario/sandbox/sandboxtest"
)

// testMain runs the tests in a sandbox.
func testMain(m *testing.M) int { return sandboxtest.Main(m) }
