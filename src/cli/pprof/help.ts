export const HELP = `Usage: gopatrol pprof <view> [options] <source...>
       gopatrol pprof [options] <source...>           a session: commands from the terminal or a pipe (help lists them)

Shows profiles as go tool pprof does, without Go. Options have its names, with one dash or two; -view is the same as view.

Views:
  top                 entries by value, flat or -cum        (also: text)
  tree                entries with their callers and callees
  peek <regexp>       the tree of the functions that match
  list <regexp>       source of the functions that match, with a value a line    (weblist: as an HTML file)
  traces              every sample with its stack
  tags                labels and what carries them
  raw                 all of the profile as text
  comments            the profile's comments
  proto               the profile, merged and filtered, as pb.gz
  topproto            the entries of top as a profile
  dot, svg            the call graph                        (png, pdf, ps, gif by the installed dot)
  callgrind           for KCachegrind and QCachegrind
  flame               a flame graph: one HTML file, or an SVG picture (-format svg, or -output x.svg)
  web                 pages for a browser: flame graph, top, peek, source, graph, differences, several profiles over time
                      (-http host:port; without it a free port that only this machine reaches)

Sources: files (pb.gz, pb, text of ?debug=1, goroutine?debug=2), URLs (host:port is its CPU profile), bundles of gopatrol (bundle.tar.gz is
its last heap profile; bundle.tar.gz:goroutine@1 the goroutines of the first sample). Several are merged. A program may
come first.

What is compared and shown:
  -base, -diff_base <source>   subtract it; with -diff_base percentages are of the base    (repeatable)
  -normalize                   scale to the base first
  -sample_index <name|n>       inuse_space, inuse_objects, alloc_space, alloc_objects, delay, cpu … (also: -inuse_space …)
  -mean                        values divided by the first column
  -unit <unit>, -divide_by <n>
  -seconds, -timeout <n>       of a URL; -header 'Name: value', -tls_cert, -tls_key, -tls_ca, -insecure
  -symbolize=none              addresses of text profiles as they are, as go tool pprof reads them
  -symbolize=demangle=full     C++ names with arguments and template parameters (templates: without arguments; none: untouched)
  -all_frames                  frames that the profile itself calls uninteresting stay
  -buildid, -add_comment <text>, -output <file>, -format text|json (top, tree, peek) or html|svg (flame)

Filters (RE2 expressions on function, file and mapping):
  -focus, -ignore, -hide, -show, -show_from, -prune_from <regexp>
  -tagfocus, -tagignore <[key=]regexp or range>, -tagshow, -taghide <regexp>    e.g. -tagfocus 1mb:
  -tagroot, -tagleaf <key,...>

Detail:
  -functions -filefunctions -files -lines -addresses -packages -modules   what entries are
  -noinlines, -showcolumns, -cum, -flat, -call_tree, -drop_negative, -relative_percentages, -compact_labels
  -nodecount <n>, -nodefraction, -edgefraction <f>, -trim=false
  -source_path, -trim_path <path:...>

Examples:
  gopatrol pprof top heap.pb.gz
  gopatrol pprof top -cum -nodecount 20 -focus 'cart\\.' heap.pb.gz
  gopatrol pprof peek 'main\\.handle' -alloc_space http://localhost:6060/debug/pprof/heap
  gopatrol pprof top -diff_base before.pb.gz after.pb.gz
  gopatrol pprof top bundle.tar.gz -diff_base bundle.tar.gz:heap@1
  gopatrol pprof list 'Cache.Add' -source_path ~/src/shop heap.pb.gz
  gopatrol pprof heap.pb.gz                           then: top 5 -cum, peek Cart, focus=main, o, help, q
  gopatrol pprof top -tagroot state goroutines.txt    a dump of ?debug=2
  gopatrol pprof flame -output flame.html heap.pb.gz
  gopatrol pprof flame -diff_base before.pb.gz -output growth.svg after.pb.gz
  gopatrol pprof web heap.pb.gz
  gopatrol pprof -http :8080 -diff_base bundle.tar.gz:heap@1 bundle.tar.gz
  gopatrol pprof top -format json heap.pb.gz | jq '.entries[0]'

Exit codes: 0 shown, 2 wrong usage or nothing matches, 3 nothing could be read.
`;
