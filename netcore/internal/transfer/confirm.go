package transfer

import (
	"errors"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/wire"
)

// errConfirmed ends an offer of what the receiver has taken in before.
var errConfirmed = errors.New("confirmed before")

// Confirm answers an offer that was delivered before with its receipt, and closes the
// connection. Wait must have been called. The sender takes it if it knows that the
// offer was accepted; see [Outgoing].
func (in *Incoming) Confirm(receipt wire.Receipt) {
	defer in.cancel(nil)
	in.stop()
	err := in.c.SendControl(wire.TypeReceipt, receipt)
	if err == nil {
		err = in.c.Flush()
	}
	if err != nil {
		in.c.Log.Info("receipt not sent again", "err", err)
	}
	in.c.Finish(conn.LingerTimeout)
}
