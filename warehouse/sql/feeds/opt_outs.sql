-- What one outlet reserves.
SELECT signal, origin, detail, first_seen_at, last_seen_at FROM opt_out WHERE outlet = $outlet ORDER BY ALL
