//go:build !linux

package ui

import (
	"context"
	"os/exec"
	"runtime"
)

// pickWithPortal is for Linux; elsewhere Fyne's dialogs are used.
func pickWithPortal(context.Context, pickRequest) ([]string, error) { return nil, errNoPicker }

// showInFolder has the file manager show the first of paths in its folder, selected.
func showInFolder(ctx context.Context, paths []string) error {
	if runtime.GOOS == "windows" {
		// Explorer ends with 1 also when all is well.
		return exec.CommandContext(ctx, "explorer", "/select,"+paths[0]).Start()
	}
	return exec.CommandContext(ctx, "open", "-R", "--", paths[0]).Run()
}
