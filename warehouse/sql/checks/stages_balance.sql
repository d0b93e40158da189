-- Everything that a stage took in came out or was refused.
SELECT run_id, stage, n_in, n_out, n_rejected FROM run_stage WHERE n_in <> n_out + n_rejected
