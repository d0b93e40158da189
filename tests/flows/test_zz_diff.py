import importlib.util
def test_d(watch):
    import datetime as dt
    from flows.backfill import run_backfill
    before=watch.export()
    names={}
    import duckdb
    con=duckdb.connect(str(watch.settings.work_path),read_only=True)
    for t in before: names[t]=[r[0] for r in con.sql(f"DESCRIBE {t}").fetchall()]
    con.close()
    run_backfill(watch.settings, mode='all', clock=lambda: dt.datetime(2025,4,9,8,0,tzinfo=dt.UTC))
    after=watch.export()
    for t in before:
        a,b=set(map(str,before[t])),set(map(str,after[t]))
        if a!=b:
            print('==',t,len(a-b),len(b-a))
            for x in sorted(a-b)[:3]: print('  -',x[:700])
            for x in sorted(b-a)[:3]: print('  +',x[:700])
    import shutil; shutil.rmtree('/tmp/w',ignore_errors=True); shutil.copytree(watch.folder,'/tmp/w')
