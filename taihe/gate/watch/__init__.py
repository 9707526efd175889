"""What watches over the passage: heartbeats, probes, alarms, and each zone's hold on the other's audit chain."""
