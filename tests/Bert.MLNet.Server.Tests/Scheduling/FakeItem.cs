using Bert.MLNet.Server.Scheduling;

namespace Bert.MLNet.Server.Tests.Scheduling;

/// <summary>An item of a given length.</summary>
internal sealed record FakeItem(int Length, string Name = "") : IQueueItem
{
    public static FakeItem[] Many(int count, int length, string name = "") =>
        [.. Enumerable.Range(0, count).Select(_ => new FakeItem(length, name))];
}
