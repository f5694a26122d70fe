"""How exercises are checked: what is called, what came back, and the one next step that a learner hears."""
