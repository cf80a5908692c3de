package store

import (
	"database/sql"
	"errors"

	"ferry/netcore/internal/identity"
)

// A Peer is what is kept of a peer.
type Peer struct {
	ID   identity.PeerID
	Body []byte // JSON: what there is to know, for the caller
}

// ChangePeer lets change make a new body of what is kept of a peer, in one transaction: what another
// process writes at the same time is not lost. It gets nil if nothing is kept, and
// if it returns nil, nothing is changed.
func (s *Store) ChangePeer(id identity.PeerID, change func(body []byte) ([]byte, error)) error {
	tx, err := s.db.Begin()
	if err != nil {
		return wrap("keep a peer", err)
	}
	defer tx.Rollback() // does nothing after Commit
	var body []byte
	err = tx.QueryRow("SELECT body FROM peers WHERE id = ?", id[:]).Scan(&body)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return wrap("keep a peer", err)
	}
	body, err = change(body)
	if err != nil || body == nil {
		return wrap("keep a peer", err)
	}
	if _, err := tx.Exec("INSERT OR REPLACE INTO peers (id, body) VALUES (?, ?)", id[:], string(body)); err != nil {
		return wrap("keep a peer", err)
	}
	return wrap("keep a peer", tx.Commit())
}

// DropPeer forgets a peer, and its picture. It is no error if it is not there.
func (s *Store) DropPeer(id identity.PeerID) error {
	tx, err := s.db.Begin()
	if err != nil {
		return wrap("forget a peer", err)
	}
	defer tx.Rollback() // does nothing after Commit
	for _, table := range []string{"peers", "pictures"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE id = ?", id[:]); err != nil {
			return wrap("forget a peer", err)
		}
	}
	return wrap("forget a peer", tx.Commit())
}

// SetPicture keeps the picture of a peer, in place of the one before, if the peer is kept; nil: it has none.
func (s *Store) SetPicture(id identity.PeerID, jpeg []byte) error {
	var err error
	if jpeg == nil {
		_, err = s.db.Exec("DELETE FROM pictures WHERE id = ?", id[:])
	} else {
		_, err = s.db.Exec("INSERT OR REPLACE INTO pictures (id, jpeg) SELECT id, ? FROM peers WHERE id = ?", jpeg, id[:])
	}
	return wrap("keep a picture", err)
}

// Pictures returns the pictures of all peers that have one.
func (s *Store) Pictures() (map[identity.PeerID][]byte, error) {
	rows, err := s.db.Query("SELECT id, jpeg FROM pictures")
	if err != nil {
		return nil, wrap("read pictures", err)
	}
	defer rows.Close()
	pictures := make(map[identity.PeerID][]byte)
	for rows.Next() {
		var id, jpeg []byte
		if err := rows.Scan(&id, &jpeg); err != nil {
			return nil, wrap("read pictures", err)
		}
		if len(id) == len(identity.PeerID{}) {
			pictures[identity.PeerID(id)] = jpeg
		}
	}
	return pictures, wrap("read pictures", rows.Err())
}

// Peers returns all peers that are kept.
func (s *Store) Peers() ([]Peer, error) {
	rows, err := s.db.Query("SELECT id, body FROM peers")
	if err != nil {
		return nil, wrap("read peers", err)
	}
	defer rows.Close()
	var list []Peer
	for rows.Next() {
		var id []byte
		var body string
		if err := rows.Scan(&id, &body); err != nil {
			return nil, wrap("read peers", err)
		}
		if len(id) != len(identity.PeerID{}) {
			return nil, wrap("read peers", errors.New("an ID of the wrong size"))
		}
		list = append(list, Peer{identity.PeerID(id), []byte(body)})
	}
	return list, wrap("read peers", rows.Err())
}

// Version returns a number that is another one whenever a process other than this one has written to the
// database since. It costs next to nothing.
func (s *Store) Version() (int64, error) {
	var v int64
	err := s.db.QueryRow("PRAGMA data_version").Scan(&v)
	return v, wrap("look for changes", err)
}
