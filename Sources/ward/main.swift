internal import ArgumentParser

CrashReports.turnOff()
await WardCommand.run()
WardCommand.exit(.success)
