package link

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// roleEnv makes the test binary be a node instead of running the tests: on a host
// of its own, where no goroutine of a test can go.
const roleEnv = "LINK_TEST_ROLE"

// roles are what it can be.
var roles map[string]func(args []string) error

func TestMain(m *testing.M) {
	role, ok := roles[os.Getenv(roleEnv)]
	if !ok {
		goleak.VerifyTestMain(m)
		return
	}
	if err := role(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
