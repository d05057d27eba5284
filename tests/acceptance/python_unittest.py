"""A module of Python's own test suite: each test by name with what became of it."""
import sys, unittest


class Names(unittest.TextTestResult):
    def stopTest(self, test):
        super().stopTest(test)
        bad = {id(t) for t, _ in self.failures + self.errors}
        print("FAILED" if id(test) in bad else "ok", test.id())


suite = unittest.defaultTestLoader.loadTestsFromName(sys.argv[1])
result = unittest.TextTestRunner(resultclass=Names, stream=sys.stderr, verbosity=0).run(suite)
print(result.testsRun, len(result.failures), len(result.errors), len(result.skipped))
sys.exit(not result.wasSuccessful())
