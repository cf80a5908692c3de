package netcore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"ferry/netcore/internal/picture"
)

// pictureFile is in the config folder: what this device looks like.
const pictureFile = "picture.jpg"

// getPicture returns what this node looks like, nil if it has no picture.
func (s *self) getPicture() *Picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.picture
}

// jpeg is what the links say of it.
func (s *self) jpeg() []byte { return s.getPicture().JPEG() }

// SetPicture shows what is in a file to the peers that see this node, at once and for good: the middle of a JPEG, PNG, WebP or GIF. A
// copy of 128 by 128 pixels is kept in the config folder, drawn anew, so that nothing in it tells where, when or with what
// it was taken; the file itself is not needed any more. An empty path takes the picture away. [SelfChanged] tells of both.
//
// A large photo takes seconds. The error wraps ErrPicture or ErrPictureTooLarge, ErrUnread if the file cannot be read,
// and ErrUnwritten if the copy cannot be kept; then nothing changes.
func (n *Node) SetPicture(path string) error {
	n.self.choosing.Lock()
	defer n.self.choosing.Unlock()
	pic, err := pictureOf(path)
	if err == nil {
		err = n.keepPicture(pic)
	}
	if err != nil {
		return &Error{Op: "set picture", Path: path, Err: err}
	}
	n.self.mu.Lock()
	n.self.picture = pic
	n.self.mu.Unlock()
	n.links.PictureChanged()
	n.events.put(SelfChanged{})
	return nil
}

// pictureOf makes a picture of a file, and none of no file.
func pictureOf(path string) (*Picture, error) {
	if path == "" {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() { // to open a pipe could take for ever
		return nil, fmt.Errorf("%w: not a file", ErrPicture)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnread, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnread, err)
	}
	defer f.Close()
	pic, err := picture.Make(f)
	if err != nil && !errors.Is(err, ErrPicture) && !errors.Is(err, ErrPictureTooLarge) {
		return nil, fmt.Errorf("%w: %w", ErrUnread, err)
	}
	return pic, err
}

// keepPicture brings the picture of this node to the config folder; nil takes it out of there.
func (n *Node) keepPicture(pic *Picture) error {
	var err error
	if pic != nil {
		err = replaceFile(n.cfg.Dir, pictureFile, pic.JPEG())
	} else if err = os.Remove(filepath.Join(n.cfg.Dir, pictureFile)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnwritten, err)
	}
	return nil
}

// loadPicture takes over the picture that an earlier run has kept. Whoever puts another file in its place is
// not to tell more by that than is to be seen: so it is drawn anew, too.
func (n *Node) loadPicture() {
	f, err := os.Open(filepath.Join(n.cfg.Dir, pictureFile))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		defer f.Close()
		var data []byte
		if data, err = io.ReadAll(io.LimitReader(f, picture.MaxBytes+1)); err == nil {
			n.self.picture, err = picture.Read(data)
		}
	}
	if err != nil {
		n.log.Warn("picture of this device", "err", err)
	}
}
