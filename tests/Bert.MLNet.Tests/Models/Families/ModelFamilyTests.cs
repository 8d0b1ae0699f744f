using System.Text.Json;
using System.Text.RegularExpressions;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Tests.Models;

public sealed partial class ModelFamilyTests
{
    // Names of classes of tokenizers, of which several families may have one: what their files leave out, and the pieces they name.
    private static readonly string[] s_named =
    [
        "Bert.MLNet/Tokenization/Files/TokenizerClass.cs", "Bert.MLNet/Tokenization/Files/SentencePieceTokenizers.cs",
        "Bert.MLNet/Tokenization/Files/PostProcessorJson.cs", "Bert.MLNet/Tokenization/RowTemplate.cs",
        "Bert.MLNet/Tokenization/ByteBpe/ByteBpeTraining.cs", "Bert.MLNet/Tokenization/Unigram/UnigramTraining.cs",
    ];

    /// <summary>A family is a value: whoever asks for one by its name knows something that should stand in that value.</summary>
    [Fact]
    public void Nothing_outside_its_folder_names_a_family()
    {
        string source = Path.Combine(Shared.Repository, "src");
        Regex named = Name();
        Assert.All(ModelFamilies.All.Where(family => family.ModelType != ModelFamilies.DefaultModelType), family =>
            Assert.All((string[])[family.ModelType, family.ClassPrefix], name => Assert.Matches(named, name)));
        (string File, string Line)[] lines =
        [
            .. from file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
               let path = Path.GetRelativePath(source, file).Replace('\\', '/')
               where !path.StartsWith("Bert.MLNet/Models/Families/", StringComparison.Ordinal)
                   && !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
               from line in File.ReadAllLines(file).Select(line => Comment().Replace(line, "")).Where(line => named.IsMatch(line))
               select (path, line.Trim()),
        ];
        Assert.DoesNotContain(lines, line => !s_named.Contains(line.File));
        Assert.Equal(s_named.Order(), lines.Select(line => line.File).Distinct().Order());
    }

    [Fact]
    public void Buckets_of_distances_equal_the_reference()
    {
        string file = Path.Combine(Shared.Folder("reference", "models", "mpnet-st-random"), "expected.json");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(file));
        JsonElement expected = json.RootElement.GetProperty("relative_position_bucket");
        Assert.Equal(expected.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetInt64()),
            RelativePositionBias.Table(1 - expected.GetProperty("from").GetInt32()));
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
        Assert.Equal(expected.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetInt32()),
            expected.GetProperty("buckets").EnumerateArray().Select((_, i) => attention.Bucket(from + i)));
    }

    /// <summary>A family by its model type, the name of a class or of a file of this library.</summary>
    [GeneratedRegex("(?i:BertFamily|distilbert|mpnet|roberta|camembert|electra|deberta|modernbert|nomic)|Albert|\\balbert")]
    private static partial Regex Name();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
