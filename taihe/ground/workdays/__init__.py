"""Working days of the county (工作日): which days count towards a time limit, and how sure we are of it.

The State Council announces holidays and make-up days year by year, so the calendar is data.  A year
that has been announced and confirmed here is certain; any other is an estimate, shown 「暂按推算」, and
where law counts no date is given at all until it is confirmed (「待日历公布」).
"""
