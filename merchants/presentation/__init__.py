"""What several doors show alike: states of tasks, answers in words, documents."""
