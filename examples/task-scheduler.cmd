schtasks /Create /TN gapscan /SC DAILY /ST 04:30 /TR "cmd /c gapscan scan --config C:\gapscan\gapscan.yml --quiet --wait 30m --log-file C:\gapscan\log.ndjson --gaps empty,stale --process-queue"
