"""From bytes to incidents, in pure functions: no file, network, clock, random or environment in this package.

The walk of one article:

    bytes --feeds.parse_feed--> entries --------------------------- flows/collect asks for their pages
    page bytes --clean.clean_page--> Cleaned                        text, title, date and where each came from
    Cleaned --document.analyse--> Document                          sentences, tokens, lexicon terms, numbers: once
    Document --triage.judge_relevance--> Relevance                  does it report an incident, and why
    Document --events.find_events--> scopes                         which sentences tell which event, in which role
    Document, scope --fields.*.find_*--> findings                   value + rule + span, one module per family of columns
    findings --extract.read_document--> Reading                     reports, claims, evidence
    reports --match.match_reports--> memberships                    which reports tell the same incident, and why

`schemas` is the whole data model on one page. `flows` calls these functions in this order; `warehouse` keeps the rows.
"""
