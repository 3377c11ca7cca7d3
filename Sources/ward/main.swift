internal import ArgumentParser

await WardCommand.run()
