package inbox

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// zone is the mark of the web: zone 3 is the internet. Others would have programs open the file
// without a question.
const zone = "[ZoneTransfer]\r\nZoneId=3\r\n"

var systemMarks = marks{
	set: func(_ *os.File, path string) error {
		return os.WriteFile(path+":Zone.Identifier", []byte(zone), 0o666)
	},
	refused: func(err error) bool { // FAT has no streams
		return errors.Is(err, windows.ERROR_INVALID_NAME) || errors.Is(err, windows.ERROR_INVALID_PARAMETER) ||
			errors.Is(err, windows.ERROR_NOT_SUPPORTED) || errors.Is(err, windows.ERROR_INVALID_FUNCTION)
	},
}
