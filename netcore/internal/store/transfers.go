package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
)

// A Transfer is what is kept of a transfer.
type Transfer struct {
	ID       [16]byte
	Outgoing bool
	Peer     identity.PeerID
	Started  time.Time
	Ended    time.Time // zero while it is on its way
	// Untold says that it is over here, and that the peer may not know.
	Untold bool
	// Words is what a Query finds it by.
	Words string
	// Body is JSON: what else there is to know, for the caller.
	Body []byte

	owner string
}

const columns = "id, outgoing, peer, owner, started, ended, untold, words, body"

// Put writes t, in place of what was there of the same ID. While it is on its
// way it belongs to this process.
func (s *Store) Put(t Transfer) error {
	ended := sql.NullInt64{Int64: t.Ended.UnixNano(), Valid: !t.Ended.IsZero()}
	_, err := s.db.Exec("INSERT OR REPLACE INTO transfers ("+columns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		t.ID[:], t.Outgoing, t.Peer[:], s.owner, t.Started.UnixNano(), ended, t.Untold, t.Words, string(t.Body))
	return wrap("keep a transfer", err)
}

// Get returns the transfer id, and whether there is one.
func (s *Store) Get(id [16]byte) (Transfer, bool, error) {
	list, err := s.query("WHERE id = ?", id[:])
	if err != nil || len(list) == 0 {
		return Transfer{}, false, err
	}
	return list[0], true, nil
}

// Abandoned returns the transfers on their way whose process has died, the
// oldest first.
func (s *Store) Abandoned() ([]Transfer, error) {
	list, err := s.query("WHERE ended IS NULL AND owner <> ? ORDER BY started", s.owner)
	if err != nil {
		return nil, err
	}
	lives := make(map[string]bool)
	var abandoned []Transfer
	for _, t := range list {
		if _, known := lives[t.owner]; !known {
			if lives[t.owner], err = s.lives(t.owner); err != nil {
				return nil, wrap("look for other processes", err)
			}
		}
		if !lives[t.owner] {
			abandoned = append(abandoned, t)
		}
	}
	return abandoned, nil
}

// Underway returns the transfers on their way, of all processes, the oldest first.
func (s *Store) Underway() ([]Transfer, error) {
	return s.query("WHERE ended IS NULL ORDER BY started")
}

// Adopt makes t, which Abandoned or Get has returned, belong to this process. It reports
// false if another process was faster, or lives.
func (s *Store) Adopt(t Transfer) (bool, error) {
	if lives, err := s.lives(t.owner); lives || err != nil {
		return false, wrap("look for other processes", err)
	}
	result, err := s.db.Exec("UPDATE transfers SET owner = ? WHERE id = ? AND owner = ? AND ended IS NULL", s.owner, t.ID[:], t.owner)
	if err != nil {
		return false, wrap("adopt a transfer", err)
	}
	n, err := result.RowsAffected()
	return n == 1, wrap("adopt a transfer", err)
}

// Untold returns the transfers of peer that are Untold.
func (s *Store) Untold(peer identity.PeerID) ([]Transfer, error) {
	return s.query("WHERE untold AND peer = ?", peer[:])
}

// Told ends Untold for the transfer id.
func (s *Store) Told(id [16]byte) error {
	_, err := s.db.Exec("UPDATE transfers SET untold = 0 WHERE id = ?", id[:])
	return wrap("keep a transfer", errors.Join(err, s.sweep()))
}

func (s *Store) query(where string, args ...any) ([]Transfer, error) {
	rows, err := s.db.QueryContext(context.Background(), "SELECT "+columns+" FROM transfers "+where, args...)
	if err != nil {
		return nil, wrap("read transfers", err)
	}
	defer rows.Close()
	var list []Transfer
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, wrap("read transfers", err)
		}
		list = append(list, t)
	}
	return list, wrap("read transfers", rows.Err())
}

func scan(rows *sql.Rows) (t Transfer, err error) {
	var id, peer []byte
	var started int64
	var ended sql.NullInt64
	var body string
	if err := rows.Scan(&id, &t.Outgoing, &peer, &t.owner, &started, &ended, &t.Untold, &t.Words, &body); err != nil {
		return t, err
	}
	if len(id) != len(t.ID) || len(peer) != len(t.Peer) {
		return t, errors.New("an ID of the wrong size")
	}
	t.ID, t.Peer, t.Body = [16]byte(id), identity.PeerID(peer), []byte(body)
	t.Started = time.Unix(0, started)
	if ended.Valid {
		t.Ended = time.Unix(0, ended.Int64)
	}
	return t, nil
}

// wrap says what was being done when err happened; nil stays nil.
func wrap(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case isFull(err):
		return fmt.Errorf("%s: %w: %w", op, fault.NoSpace, err)
	}
	return fmt.Errorf("%s: %w", op, err)
}
