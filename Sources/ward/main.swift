internal import ArgumentParser

CrashReports.turnOff()
await WardCommand.run()
