package transfer

import "os"

const openFlags = os.O_RDONLY
