package ui

import (
	"context"
	"errors"
	"slices"

	"fyne.io/fyne/v2"

	"ferry/netcore"
)

// A verifying is one comparison of codes, from the question until its outcome was read.
type verifying struct {
	window  *Window
	peer    netcore.Peer
	code    func(context.Context) (netcore.Code, error)
	verdict chan netcore.Verdict // takes one without waiting
	said    bool                 // the person has said that the codes are the same
	sheet   *sheet               // that is shown now
}

// compare asks a peer to compare codes, unless that is being done.
func (w *Window) compare(p netcore.Peer) {
	if w.verifyingWith(p.ID) != nil {
		return
	}
	w.background(func(ctx context.Context) {
		err := w.node.Verify(ctx, p.ID)
		w.ui(func() { w.compared(p, err) })
	})
}

// compared shows how a comparison ended that began here.
func (w *Window) compared(p netcore.Peer, err error) {
	v := w.verifyingWith(p.ID)
	switch {
	case v != nil:
		v.end(err)
	case err != nil && !errors.Is(err, netcore.ErrCancelled):
		w.log.Info("verify", "peer", p.ID, "error", err)
		w.toasts.show(phrase{key: keyNotCompared, args: args{"Reason": whyNotCompared(p, err)}}, nil)
	}
}

func (w *Window) verifyingWith(id netcore.PeerID) *verifying {
	i := slices.IndexFunc(w.verifyings, func(v *verifying) bool { return v.peer.ID == id })
	if i < 0 {
		return nil
	}
	return w.verifyings[i]
}

// Verify implements netcore.Handler. It may be called from any goroutine but that of the UI.
func (w *Window) Verify(ctx context.Context, asked *netcore.Verification) netcore.Verdict {
	v := &verifying{window: w, peer: asked.Peer, code: asked.Code, verdict: make(chan netcore.Verdict, 1)}
	w.ui(func() {
		if ctx.Err() == nil && w.verifyingWith(v.peer.ID) == nil {
			v.begin(ctx, asked.Asked)
		}
	})
	select {
	case verdict := <-v.verdict:
		return verdict
	case <-ctx.Done():
	case <-w.ended.Done():
	}
	w.ui(func() { v.end(netcore.ErrCancelled) })
	return netcore.Undecided
}

// begin asks whether to compare codes or, if that was asked for here, compares them.
func (v *verifying) begin(ctx context.Context, asked bool) {
	v.window.verifyings = append(v.window.verifyings, v)
	v.window.model.dismiss(netcore.WarnVerify) // of an earlier one
	if !asked {
		v.wait(ctx)
		return
	}
	v.window.notify(ctx, Notice{Title: v.window.app.Metadata().Name, Text: say(v.phrase(keyVerifyAsked))})
	v.show(v.text(keyVerifyAsked, keyVerifyAskedText),
		newButton(lookPlain, say(phrase{key: keyNotNow}), v.stop),
		newButton(lookPrimary, say(phrase{key: keyCompareNow}), func() { v.wait(ctx) }))
}

// wait shows that the other person is waited for, and then the code.
func (v *verifying) wait(ctx context.Context) {
	v.show(v.text(keyVerifyTitle, keyVerifyWait), newButton(lookPlain, say(phrase{key: keyCancel}), v.stop))
	v.window.background(func(context.Context) {
		code, err := v.code(ctx)
		v.window.ui(func() {
			switch {
			case v.sheet == nil: // closed
			case err != nil:
				v.end(err)
			default:
				v.ask(code)
			}
		})
	})
}

// ask shows the code. Enter says nothing about it: what is said must be meant.
func (v *verifying) ask(code netcore.Code) {
	v.show(newCodeView(v.peer, code),
		newButton(lookPlain, say(phrase{key: keyCancel}), v.stop),
		newButton(lookPlain, say(phrase{key: keyDifferent}), v.different),
		newButton(lookPrimary, say(phrase{key: keySame}), v.same))
	v.sheet.deliberate = true
}

func (v *verifying) same() {
	v.said = true
	v.reply(netcore.Same)
	v.show(v.text(keyVerifyTitle, keyVerifyOther), newButton(lookPlain, say(phrase{key: keyClose}), v.close))
}

func (v *verifying) different() {
	v.reply(netcore.Different)
	v.end(netcore.ErrDifferent)
}

// stop ends the comparison without a verdict.
func (v *verifying) stop() {
	v.reply(netcore.Undecided)
	v.close()
}

func (v *verifying) reply(verdict netcore.Verdict) {
	select {
	case v.verdict <- verdict:
	default: // said already
	}
}

// end shows how the comparison went; nil is that the peer is verified.
func (v *verifying) end(err error) {
	if v.sheet == nil {
		return
	}
	shut := newButton(lookPrimary, say(phrase{key: keyClose}), v.close)
	switch {
	case err == nil:
		v.show(signed(toneGood, v.text(keyVerifiedTitle, keyVerifiedText)),
			newButton(lookPlain, say(phrase{key: keyClose}), v.close),
			newButton(lookPrimary, say(phrase{key: keyAlways}), func() { v.close(); v.window.askAlways(v.now(), nil) }))
	case errors.Is(err, netcore.ErrDifferent):
		v.show(signed(toneBad, v.text(keyDifferentTitle, keyDifferentText)), shut)
	case v.said && errors.Is(err, netcore.ErrCancelled) && !v.now().Verified.IsZero():
		v.end(nil)
	default:
		body := textBody(v.phrase(keyStoppedTitle), phrase{key: keyStoppedText, args: args{"Reason": whyNotCompared(v.peer, err)}})
		v.show(signed(toneMixed, body), shut)
	}
	v.forget()
}

// now is the peer as it is known now.
func (v *verifying) now() netcore.Peer {
	if p, ok := v.window.view.peer(v.peer.ID); ok {
		return p
	}
	return v.peer
}

// follow sees from what has become of the peer, or from a warning, how the comparison went that the other side began: nobody
// else tells.
func (v *verifying) follow() {
	w := v.window
	failed := slices.IndexFunc(w.view.warnings, func(one netcore.Warning) bool {
		var err *netcore.Error
		return one.Kind == netcore.WarnVerify && errors.As(one.Err, &err) && err.Peer == v.now().Name
	})
	switch p := v.now(); {
	case !v.said || v.sheet == nil:
	case failed >= 0:
		v.end(w.view.warnings[failed].Err)
		w.model.dismiss(netcore.WarnVerify) // it is said here
	case p.Blocked:
		v.end(netcore.ErrDifferent)
	case !p.Verified.Equal(v.peer.Verified):
		v.end(nil)
	}
}

// close takes the sheet away.
func (v *verifying) close() {
	if v.sheet != nil {
		v.sheet.close()
		v.sheet = nil
	}
	v.forget()
}

// forget makes room for another comparison with the peer.
func (v *verifying) forget() {
	all := v.window.verifyings
	if i := slices.Index(all, v); i >= 0 {
		v.window.verifyings = slices.Delete(all, i, i+1)
	}
}

// show puts another sheet in the place of the one that is shown.
func (v *verifying) show(body fyne.CanvasObject, buttons ...*button) {
	if v.sheet != nil {
		v.sheet.close()
	}
	v.sheet = v.window.newSheet(body, buttons...)
	v.sheet.showUnasked()
}

func (v *verifying) phrase(k key) phrase { return phrase{key: k, args: args{"Peer": v.peer.Name}} }

func (v *verifying) text(title, text key) fyne.CanvasObject {
	return textBody(v.phrase(title), v.phrase(text))
}

// whyNotCompared is why there is no outcome.
func whyNotCompared(p netcore.Peer, err error) phrase {
	var fault *netcore.Error
	remote := errors.As(err, &fault) && fault.Remote
	if errors.Is(err, netcore.ErrDeclined) || errors.Is(err, netcore.ErrCancelled) {
		remote = true // who stopped here knows that, and is not told
	}
	return why(netcore.Transfer{Peer: p}, err, remote)
}
