using System.Text.Json;
using System.Text.RegularExpressions;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Tests.Models;

public sealed partial class ModelFamilyTests
{
    // A tokenizer is called after the family that had it first.
    private static readonly string[] s_named = ["Models/Families/", "Tokenization/"];

    /// <summary>A family is a value: whoever asks for one by its name knows something that should stand in that value.</summary>
    [Fact]
    public void Nothing_outside_its_folder_names_a_family()
    {
        string source = Path.Combine(Shared.Repository, "src", "Bert.MLNet");
        string[] names = [.. ModelFamilies.All.Select(family => family.ModelType).Where(name => name != ModelFamilies.DefaultModelType)];
        Assert.Equal(["distilbert", "mpnet", "modernbert", "deberta-v2", "roberta", "xlm-roberta", "camembert", "electra", "albert"], names);
        var family = new Regex($"BertFamily|{string.Join('|', names)}", RegexOptions.IgnoreCase);
        Assert.Empty(
            from file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            let path = Path.GetRelativePath(source, file).Replace('\\', '/')
            where !s_named.Any(folder => path.StartsWith(folder, StringComparison.Ordinal))
                && !path.StartsWith("obj/", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal)
            from line in File.ReadAllLines(file).Select(line => TokenizerClass().Replace(Comment().Replace(line, ""), "")).Where(line => family.IsMatch(line))
            select $"{path}: {line.Trim()}");
    }

    [Fact]
    public void Buckets_of_distances_equal_the_reference()
    {
        string file = Path.Combine(Shared.Folder("reference", "models", "mpnet-st-random"), "expected.json");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(file));
        JsonElement expected = json.RootElement.GetProperty("relative_position_bucket");
        var bias = new RelativePositionBias("bias", 32);
        Assert.Equal(expected.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetInt64()), bias.Table(1 - expected.GetProperty("from").GetInt32()));
    }

    [Theory]
    [InlineData("deberta-v3-seqclass-random"), InlineData("deberta-v3-tokenclass-random")]
    public void Buckets_of_disentangled_distances_equal_the_reference(string checkpoint)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        JsonElement expected = json.RootElement.GetProperty("relative_position_bucket");
        DisentangledAttention attention = BertConfig.FromFile(Path.Combine(folder, "config.json")).Shape.Disentangled!;
        int from = expected.GetProperty("from").GetInt32();
        Assert.Equal(expected.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetInt32()), expected.GetProperty("buckets").EnumerateArray().Select((_, i) => attention.Bucket(from + i)));
    }

    /// <summary>Names of <c>tokenizer_class</c> say what a vocabulary is, with any encoder.</summary>
    [GeneratedRegex("\"\\w+Tokenizer\"")]
    private static partial Regex TokenizerClass();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
