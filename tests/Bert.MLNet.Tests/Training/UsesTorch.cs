namespace Bert.MLNet.Tests.Training;

/// <summary>Tests that draw from torch's one generator, and so run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class UsesTorch
{
    public const string Name = "torch";
}
