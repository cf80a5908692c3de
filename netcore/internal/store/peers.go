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

// DropPeer forgets a peer. It is no error if it is not there.
func (s *Store) DropPeer(id identity.PeerID) error {
	_, err := s.db.Exec("DELETE FROM peers WHERE id = ?", id[:])
	return wrap("forget a peer", err)
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
