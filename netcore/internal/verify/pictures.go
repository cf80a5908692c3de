package verify

// A Picture is one of the 64 of which a code has four.
type Picture struct {
	Emoji string // one code point of Unicode 11 or older, drawn in colour without a variation selector
	Name  string // in English, lower case
}

// pictures are things that nobody takes for each other, on whatever platform. PROTOCOL.md has
// the same list; its order must not change.
var pictures = [64]Picture{
	{"🐶", "dog"}, {"🐱", "cat"}, {"🐭", "mouse"}, {"🐰", "rabbit"},
	{"🦁", "lion"}, {"🐷", "pig"}, {"🐸", "frog"}, {"🐔", "chicken"},
	{"🐧", "penguin"}, {"🦄", "unicorn"}, {"🐝", "bee"}, {"🦋", "butterfly"},
	{"🐌", "snail"}, {"🐢", "turtle"}, {"🐙", "octopus"}, {"🐟", "fish"},
	{"🐳", "whale"}, {"🦀", "crab"}, {"🐘", "elephant"}, {"🐫", "camel"},
	{"🐍", "snake"}, {"🦉", "owl"}, {"🌳", "tree"}, {"🌵", "cactus"},
	{"🍄", "mushroom"}, {"🌻", "sunflower"}, {"🍎", "apple"}, {"🍌", "banana"},
	{"🍇", "grapes"}, {"🍓", "strawberry"}, {"🍍", "pineapple"}, {"🥕", "carrot"},
	{"🌽", "corn"}, {"🍕", "pizza"}, {"🍞", "bread"}, {"🧀", "cheese"},
	{"🥚", "egg"}, {"🎂", "cake"}, {"🍦", "ice cream"}, {"🌙", "moon"},
	{"⭐", "star"}, {"🌈", "rainbow"}, {"🔥", "fire"}, {"⛄", "snowman"},
	{"🚗", "car"}, {"🚲", "bicycle"}, {"🚀", "rocket"}, {"🚂", "train"},
	{"⛵", "boat"}, {"⚓", "anchor"}, {"🏠", "house"}, {"⚽", "ball"},
	{"🎸", "guitar"}, {"🎺", "trumpet"}, {"🔔", "bell"}, {"🔑", "key"},
	{"🔒", "lock"}, {"🔨", "hammer"}, {"⏰", "clock"}, {"🎁", "gift"},
	{"🎈", "balloon"}, {"👑", "crown"}, {"💡", "lamp"}, {"🎩", "hat"},
}

// Pictures returns all pictures, in the order of PROTOCOL.md.
func Pictures() []Picture { return pictures[:len(pictures):len(pictures)] }
