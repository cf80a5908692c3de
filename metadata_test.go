package ferry

import "testing"

func TestMetadataIsComplete(t *testing.T) {
	m, err := LoadMetadata()
	if err != nil {
		t.Fatal(err)
	}
	if m.ID == "" || m.Name == "" || m.Version == "" || m.Build < 1 {
		t.Errorf("incomplete: %+v", m)
	}
}
