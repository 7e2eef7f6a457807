"""What an answer rests on, in the writer's symbols; nothing here decides anything."""
