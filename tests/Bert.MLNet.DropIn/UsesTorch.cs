namespace Bert.MLNet.DropIn;

/// <summary>Tests that share torch's global random generator, so they run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class UsesTorch
{
    public const string Name = "torch";
}
